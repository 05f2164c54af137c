package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"promobot/bot/outbox"
)

// Fetch reads a file of at most limit bytes. The service hands out up to 20 MiB.
// What is larger is ErrTooBig; a file that is not there on the second try
// either is ErrFileGone. Reading again is harmless, so no outcome is unknown.
func (c *Channel) Fetch(ctx context.Context, fileID string, limit int64) ([]byte, error) {
	data, err := c.fetch(ctx, fileID, limit)
	if errors.Is(err, ErrFileGone) {
		data, err = c.fetch(ctx, fileID, limit) // "temporarily unavailable" is said with the same words
	}
	return data, err
}

func (c *Channel) fetch(ctx context.Context, fileID string, limit int64) ([]byte, error) {
	result, err := c.client.Call(ctx, "getFile", Params{"file_id": fileID})
	if err != nil {
		return nil, fileMeaning(err)
	}
	var file struct {
		Path string `json:"file_path"`
		Size int64  `json:"file_size"`
	}
	switch err := json.Unmarshal(result, &file); {
	case err != nil, file.Path == "":
		return nil, ErrFileGone
	case file.Size > limit:
		return nil, fmt.Errorf("%w: %d bytes, at most %d", ErrTooBig, file.Size, limit)
	}
	return c.client.download(ctx, file.Path, limit)
}

// fileMeaning is that of an error on the way to a file: nothing was to be done,
// so nothing is unknown.
func fileMeaning(err error) error {
	var e *Error
	switch {
	case errors.Is(err, outbox.ErrContent):
		return err
	case !errors.As(err, &e):
		return errors.New(err.Error())
	case e.says("file is too big"):
		return fmt.Errorf("%w: %w", ErrTooBig, err)
	case e.Code >= 500 || e.Foreign && e.Code < 300:
		return err
	case e.Code == 400 && !e.Foreign, e.Code == 404 && e.Foreign:
		return fmt.Errorf("%w: %w", ErrFileGone, err)
	}
	return meaning(err)
}

// download reads the file at the path that getFile gave, from the server that
// gave it. The address holds the token.
func (c *Client) download(ctx context.Context, path string, limit int64) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.endpoint+"/file/bot"+c.token+"/"+escaped(path), nil)
	if err != nil {
		return nil, errors.New("telegram file: its path is no address")
	}
	answer, err := c.files.Do(req)
	if err != nil {
		return nil, fmt.Errorf("telegram file: %s", c.bare(err))
	}
	defer answer.Body.Close()
	if err := fileStatus(answer); err != nil {
		return nil, err
	}
	if answer.ContentLength > limit {
		return nil, fmt.Errorf("%w: %d bytes, at most %d", ErrTooBig, answer.ContentLength, limit)
	}
	data, err := io.ReadAll(io.LimitReader(answer.Body, limit+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("telegram file: %s", c.bare(err))
	case int64(len(data)) > limit:
		return nil, fmt.Errorf("%w: more than %d bytes", ErrTooBig, limit)
	}
	return data, nil
}

// fileStatus turns everything but a file into an error.
func fileStatus(answer *http.Response) error {
	e := &Error{Method: "file", Code: answer.StatusCode, Description: "no file", RetryAfter: retryAfter(answer.Header)}
	switch {
	case e.Code == http.StatusOK && !strings.HasPrefix(answer.Header.Get("Content-Type"), "text/html"):
		return nil
	case e.Code == http.StatusOK || e.Code >= 500:
		return e
	case e.Code == 404 || e.Code == 410:
		return fmt.Errorf("%w: %w", ErrFileGone, e)
	case e.Code == 429:
		return fmt.Errorf("%w: %w", e.later(), e)
	}
	return fmt.Errorf("%w: %w", outbox.ErrAccount, e)
}

// escaped is a path in an address, with nothing that leads out of it.
func escaped(path string) string {
	parts := []string{}
	for part := range strings.SplitSeq(path, "/") {
		if part != "" && part != "." && part != ".." {
			parts = append(parts, url.PathEscape(part))
		}
	}
	return strings.Join(parts, "/")
}
