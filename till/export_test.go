package till

// Routes lists the addresses below Prefix with their methods.
func Routes() (list []string) {
	for _, r := range routes {
		list = append(list, r.method()+" "+r.path)
	}
	return list
}
