package participants_test

import (
	"testing"

	"promobot/participants"
)

// How two names are related.
const (
	one     = "one person"
	kin     = "relatives"
	strange = "strangers"
)

// pairs are made up; every row is tried in both directions.
var pairs = []struct{ a, b, want string }{
	// Case, ё, order, hyphens, stress, spaces.
	{"Пётр Иванов", "ИВАНОВ ПЕТР", one},
	{"Пётр Иванов", "Ива\u0301нов-Пётр!", one},
	{"Пётр Иванов", "пётр  иванов", one},
	{"Анна-Мария Орлова", "Орлова Анна Мария", one},
	{"Алёна Королёва", "Алена Королева", one},
	{"Семён", "СЕМЕН", one},
	{"И. Иванов", "Иванов И", one},

	// Transliteration: passports of 1997, 2000, 2010 and 2014, GOST 7.79, ISO 9, BGN, by ear.
	{"Юлия", "Yulia", one},
	{"Юлия", "Julia", one},
	{"Юлия", "Iuliia", one},
	{"Юлия", "Yuliya", one},
	{"Юлия", "Julija", one},
	{"Yulia", "Julia", one},
	{"Щербаков Юрий", "Shcherbakov Iurii", one},
	{"Щербаков Юрий", "Scherbakov Yuri", one},
	{"Щербаков Юрий", "Sherbakov Yury", one},
	{"Щербаков Юрий", "Ŝerbakov Ûrij", one},
	{"Щербаков Юрий", "Shtcherbakov Jurij", one},
	{"Щукин", "Schukin", one},
	{"Shchukin", "Schukin", one},
	{"Хрущёва Ксения", "Khrushcheva Kseniia", one},
	{"Хрущёва Ксения", "Hrushcheva Xenia", one},
	{"Чайкин Илья", "Chaikin Ilya", one},
	{"Чайкин Илья", "Tchaykin Ilia", one},
	{"Чайкин Илья", "Čajkin Il'ja", one},
	{"Цветкова Татьяна", "Tsvetkova Tatiana", one},
	{"Цветкова Татьяна", "Tcvetkova Tatyana", one},
	{"Цветкова Татьяна", "Czvetkova Tat'yana", one},
	{"Жуков Евгений", "Zhukov Evgeny", one},
	{"Жуков Евгений", "Žukov Yevgeniy", one},
	{"Соловьёв Артём", "Solovyov Artyom", one},
	{"Соловьёв Артём", "Soloviev Artem", one},
	{"Соловьёв Артём", "Solovev Artiom", one},
	{"Ельцина Наталья", "Yeltsina Natalia", one},
	{"Ельцина Наталья", "Eltsina Natalya", one},
	{"Ельцина Наталья", "Ельцина Наталия", one},
	{"Дмитрий Белых", "Dmitry Belykh", one},
	{"Дмитрий Белых", "Dmitrii Belyh", one},
	{"Михаил Ушаков", "Mikhail Ushakov", one},
	{"Михаил Ушаков", "Michael Oushakov", one},
	{"Пётр Смирнов", "Piotr Smirnoff", one},
	{"Пётр Смирнов", "Peter Smirnov", one},
	{"Виктор Кузьмин", "Victor Kuzmin", one},
	{"Александр Кузьмин", "Alexander Kuz'min", one},
	{"Александр Кузьмин", "Aleksandr Kuzmin", one},
	{"Сергей Якушев", "Sergei Iakushev", one},
	{"Сергей Якушев", "Sergey Yakushev", one},
	{"Сергій Коваленко", "Сергей Коваленко", one},
	{"Олександр Шевчук", "Alexandr Shevchuk", one},
	{"Любовь Фёдорова", "Liubov Fedorova", one},
	{"Любовь Фёдорова", "Lyubov Fyodorova", one},
	{"Объедков Игорь", "Obedkov Igor", one},

	// Letters of the other alphabet that look the same.
	{"Иванов", "Ивaнов", one}, // a Latin a
	{"Оксана", "Oксaна", one},
	{"Сорокин", "Copокин", one},

	// Typos, small for their length.
	{"Кузнецов Антон", "Кузницов Антон", one},
	{"Кузнецов Антон", "Кузенцов Антон", one},
	{"Кузнецов Антон", "Кузнецов Антн", one},
	{"Кузнецов Антон", "Кузнецовв Антоон", one},
	{"Пономаренко Олег", "Понамаренко Олег", one},
	{"Пономаренко Олег", "Понамаренка Олег", one},
	{"Виктория Лебедева", "Викторя Лебедева", one},
	{"Екатерина", "Екатирина", one},
	{"Анастасия", "Анастосия", one},
	{"Воробьёв", "Воробев", one},
	{"Shevchenko", "Шевченко", one},
	{"Shevchenko", "Шевчинко", one},

	// Short forms and foreign forms.
	{"Саша Орлов", "Александр Орлов", one},
	{"Саша Орлова", "Александра Орлова", one},
	{"Шура", "Александра", one},
	{"Sasha Orlov", "Александр Орлов", one},
	{"Женя Громов", "Евгений Громов", one},
	{"Катя", "Екатерина", one},
	{"Kate", "Катя", one},
	{"Маша Зайцева", "Мария Зайцева", one},
	{"Наташа Зайцева", "Наталья Зайцева", one},
	{"Дима", "Dmitry", one},
	{"Митя", "Дима", one},
	{"Лёша Попов", "Алексей Попов", one},
	{"Миша", "Михаил", one},
	{"Коля Ежов", "Nikolay Ezhov", one},
	{"Вова", "Володя", one},
	{"Слава Титов", "Вячеслав Титов", one},
	{"Слава Титов", "Ярослав Титов", one},
	{"Даша", "Дарья", one},
	{"Лена Зимина", "Елена Зимина", one},
	{"Оля", "Ольга", one},
	{"Ксюша", "Ксения", one},
	{"Юля Морозова", "Julia Morozova", one},
	{"Паша", "Paul", one},
	{"Настя", "Anastasia", one},

	// Patronymics, initials, less than the whole name.
	{"Иванова Анна Петровна", "Анна Иванова", one},
	{"Иванова Анна Петровна", "Анна Петровна", one},
	{"Иванова Анна Петровна", "Иванова А. П.", one},
	{"Иванова Анна Петровна", "А. Иванова", one},
	{"Иванова Анна Петровна", "Ivanova Anna Petrovna", one},
	{"Анна Иванова", "Анна", one},
	{"Анна Иванова", "Иванова", one},
	{"Сидоров Илья Кузьмич", "Илья Сидоров", one},
	{"Алиев Тимур Рустам оглы", "Тимур Алиев", one},
	{"Анна Иванова-Петрова", "Анна Петрова", one},
	{"Ю. Щукина", "Юлия Щукина", one},

	// The wrong ending of a surname.
	{"Пётр Орлов", "Пётр Орлова", one},
	{"Валя Троицкая", "Валя Троицкий", one},
	{"Валя Толстой", "Валя Толстая", one},

	// Relatives: one surname, other given names.
	{"Иван Иванов", "Мария Иванова", kin},
	{"Иван Иванов", "Ivanova Mariya", kin},
	{"Иван Иванов", "Пётр Иванов", kin},
	{"Александр Волков", "Александра Волкова", kin},
	{"Евгений Волков", "Евгения Волкова", kin},
	{"Лев Толстой", "Софья Толстая", kin},
	{"Пётр Чайковский", "Модест Чайковский", kin},
	{"Ольга Троицкая", "Олег Троицкий", kin},
	{"Тарас Коваленко", "Оксана Коваленко", kin},
	{"Иванов Иван Петрович", "Иванов Иван Сергеевич", kin},
	{"Мария Рябинина", "Марина Рябинина", kin},
	{"Анна Ким", "Инна Ким", kin},
	{"Валерий Гусев", "Валерия Гусева", kin},
	{"Павел Белый", "Анна Белая", kin},
	{"Нина Черных", "Антон Черных", kin},

	// Strangers.
	{"Анна Иванова", "Анна Петрова", strange},
	{"Иванова", "Петрова", strange},
	{"Анна", "Инна", strange},
	{"Анна", "Борис", strange},
	{"Мария", "Марина", strange},
	{"Мария", "Дарья", strange},
	{"Александр", "Алексей", strange},
	{"Александр", "Александра", strange},
	{"Александров", "Александр Иванов", strange},
	{"Роман Петров", "Пётр Романов", strange},
	{"Иван Петров", "Пётр Иванов", strange},
	{"Пётр Ветров", "Пётр Петров", strange},
	{"Анна Белова", "Анна Серова", strange},
	{"Олег Попов", "Олег Панов", strange},
	{"Игорь Лис", "Игорь Рис", strange},
	{"Юлия Смирнова", "Ульяна Смирная", strange},
	{"Женя Громов", "Наталья Орлова", strange},
	{"Саша", "Маша", strange},
	{"Саша", "Паша", strange},
	{"Дима Орлов", "Дима Соколов", strange},
	{"Глеб", "Пётр Иванов", strange},
	{"А. Иванова", "Борис Петров", strange},
	{"Пётр Иванов", "Пётр Сидоров", strange},
	{"Kate Orlova", "Катя Зимина", strange},
	{"Julia Frolova", "Julia Stepanova", strange},
	{"Вера", "Вероника", strange},
	{"Денис", "Денисов Олег", strange},
	{"Шакир Ивкин", "Шакир Орлов", strange},
	{"李雷", "王芳", strange},
}

func TestNamesAreCompared(t *testing.T) {
	if len(pairs) < 120 {
		t.Fatalf("%d pairs, want 120 at least", len(pairs))
	}
	for _, p := range pairs {
		for _, way := range [][2]string{{p.a, p.b}, {p.b, p.a}} {
			got := strange
			switch {
			case participants.SameName(way[0], way[1]):
				got = one
			case participants.SameFamily(way[0], way[1]):
				got = kin
			}
			if got != p.want {
				t.Errorf("%s, %s: %s, want %s", way[0], way[1], got, p.want)
			}
		}
	}
}

// TestEveryNameIsItself, whatever it is.
func TestEveryNameIsItself(t *testing.T) {
	for _, p := range pairs {
		if !participants.SameName(p.a, p.a) || !participants.SameName(p.b, p.b) {
			t.Errorf("%s or %s is not itself", p.a, p.b)
		}
	}
}
