package fnssim

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// fault is a SOAP fault of the service.
type fault struct {
	text   string
	detail string // name of the element in the detail
	client bool   // faultcode soap:Client
}

// named are the faults that can be switched on.
var named = map[string]fault{
	"timeout":     {text: "Произошел timeout ожидания ответа"},
	"unmarshal":   {text: "Unmarshalling Error: unexpected element", client: true},
	"ip":          {text: "Доступ к сервису для переданного IP, запрещен"},
	"token":       {text: "Доступ к сервису для token запрещен", detail: "AuthenticationFault"},
	"headers":     {text: "Не удалось обнаружить требуемые заголовки в переданном запросе"},
	"method":      {text: "Метод GetTicketRequest отсутствует в списке доступа для переданного токена"},
	"appQuota":    {text: "Превышен общий дневной лимит запросов, приложением promobot"},
	"methodQuota": {text: "Превышен лимит 'Запросов в день' метода SendMessage, сервиса KktService"},
	"rate":        {text: "Превышено количество запросов метода SendMessage. Повторите запрос позже.", detail: "RateLimitingFault"},
	"notFound":    {text: "По переданному MessageId сообщение не найдено", detail: "MessageNotFoundFault"},
	"internal":    {text: "Произошла внутренняя ошибка 3f0c9a52-6a0f-4a38-9b6e-5a7f0d1c2b3e. При повторении ошибки обратитесь в службу технической поддержки."},
}

// bare are failures below SOAP.
var bare = map[string]int{"http500": 500, "http502": 502, "http503": 503, "drop": 0}

// spoilt are tickets that are not what they should be.
var spoilt = map[string]bool{"wrongJSON": true, "otherReceipt": true}

// faults are names with their rates.
type faults map[string]rate

// MarshalJSON writes them as they are set.
func (f faults) MarshalJSON() ([]byte, error) {
	list := []string{}
	for name, r := range f {
		list = append(list, fmt.Sprintf("%s@%v", name, float64(r)))
	}
	slices.Sort(list)
	return json.Marshal(list)
}

// UnmarshalJSON reads "name@rate", several separated by commas or in a list.
// An empty string or list, or false, is none.
func (f *faults) UnmarshalJSON(value []byte) error {
	var list []string
	var text string
	var off bool
	switch {
	case json.Unmarshal(value, &text) == nil:
		list = strings.Split(text, ",")
	case json.Unmarshal(value, &list) == nil:
	case json.Unmarshal(value, &off) == nil && !off:
	default:
		return fmt.Errorf("%s is not a fault", value)
	}
	*f = make(faults)
	for _, entry := range list {
		if err := f.add(strings.TrimSpace(entry)); err != nil {
			return err
		}
	}
	return nil
}

func (f *faults) add(entry string) error {
	name, text, found := strings.Cut(entry, "@")
	if name == "" {
		return nil
	}
	r := rate(1)
	if found {
		if err := r.UnmarshalJSON([]byte(text)); err != nil {
			return err
		}
	}
	_, soap := named[name]
	_, below := bare[name]
	if _, code := resultCode(name); !soap && !below && !spoilt[name] && !code {
		return fmt.Errorf("%w %q", errWord, name)
	}
	(*f)[name] = r
	return nil
}

// faultsForm says what the switch takes.
func faultsForm() string {
	names := slices.Sorted(maps.Keys(named))
	names = slices.AppendSeq(names, maps.Keys(bare))
	names = slices.AppendSeq(names, maps.Keys(spoilt))
	slices.Sort(names)
	return `a text "name" or "name@rate" with a rate from 0 to 1, several with commas or as a list; names: ` +
		strings.Join(names, ", ") + ", and code with a result code, as code503"
}

// resultCode reads a name like code503.
func resultCode(name string) (int, bool) {
	digits, found := strings.CutPrefix(name, "code")
	code, err := strconv.Atoi(digits)
	return code, found && err == nil
}

// roll says whether something of a rate happens now. The caller holds the lock.
func (s *Sim) roll(r rate) bool { return r > 0 && s.rng.Float64() < float64(r) }
