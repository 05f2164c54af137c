package tgsim_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"promobot/bot/telegram/tgsim"
)

// A person starts, the bot answers with a button, the person presses it.
func Example() {
	sim := tgsim.New(tgsim.Options{Clock: func() time.Time { return time.Unix(1_795_300_000, 0) }})
	defer sim.Close()
	server := httptest.NewServer(sim)
	defer server.Close()
	ask := func(method, body string) string {
		response, err := http.Post(server.URL+"/bot"+tgsim.DefaultToken+"/"+method, "application/json", strings.NewReader(body))
		if err != nil {
			return err.Error()
		}
		defer response.Body.Close()
		text, _ := io.ReadAll(response.Body)
		return string(text)
	}

	anna := sim.AddPerson(tgsim.Person{FirstName: "Анна"})
	if _, err := sim.Start(anna.ID, "ref_1"); err != nil {
		fmt.Println(err)
	}
	ask("sendMessage", `{"chat_id":900000001,"text":"Пришлите чек","reply_markup":{"inline_keyboard":[[{"text":"Мои чеки","callback_data":"m:receipts"}]]}}`)
	if _, err := sim.PressLabel(anna.ID, "Мои чеки"); err != nil {
		fmt.Println(err)
	}
	chat := sim.Transcript(anna.ID, 0)
	for _, m := range chat.Messages {
		fmt.Println(m.FromBot, m.Text)
	}
	fmt.Println(chat.Presses[0].Data, chat.Presses[0].Answered)
	fmt.Print(ask("sendMessage", `{"chat_id":5,"text":"Кто здесь?"}`))
	// Output:
	// false /start ref_1
	// true Пришлите чек
	// m:receipts false
	// {"description":"Bad Request: chat not found","error_code":400,"ok":false}
}
