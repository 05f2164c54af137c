package participants

// SameName tells whether two names may be spellings of one person's.
func SameName(a, b string) bool { return normalName(a) == normalName(b) }

// SameFamily tells whether two names share a surname, as relatives do.
func SameFamily(a, b string) bool { return false }
