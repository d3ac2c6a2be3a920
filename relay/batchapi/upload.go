package batchapi

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"

	"relaytop/relay/openai"
)

// Upload sends a file of rows, size bytes long, and returns its id.
func (c *Client) Upload(ctx context.Context, name string, size int64, rows io.Reader) (string, error) {
	var head bytes.Buffer
	form := multipart.NewWriter(&head)
	if err := form.WriteField("purpose", "batch"); err != nil {
		return "", fmt.Errorf("upload %s: %w", name, err)
	}
	if _, err := form.CreateFormFile("file", name); err != nil {
		return "", fmt.Errorf("upload %s: %w", name, err)
	}
	tail := "\r\n--" + form.Boundary() + "--\r\n"
	raw, err := c.object(ctx, openai.Ask{Method: http.MethodPost, Path: "/files", Type: form.FormDataContentType(),
		Body: io.MultiReader(&head, io.LimitReader(rows, size), bytes.NewReader([]byte(tail))),
		Size: int64(head.Len()) + size + int64(len(tail))})
	if err != nil {
		return "", err
	}
	id, err := readFile(raw)
	if err != nil {
		return "", c.protocol("no file", raw, err)
	}
	return id, nil
}
