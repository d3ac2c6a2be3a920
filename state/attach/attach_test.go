package attach

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func write(t *testing.T, name, data string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestTextsAndImagesAreTaken(t *testing.T) {
	for name, c := range map[string]struct{ data, text, image string }{
		"text":       {data: "tiếng Việt\n", text: "tiếng Việt\n"},
		"a mark":     {data: "\xef\xbb\xbfabc", text: "abc"},
		"most text":  {data: strings.Repeat("x", MostText), text: strings.Repeat("x", MostText)},
		"png":        {data: "\x89PNG\r\n\x1a\n", image: "data:image/png;base64,iVBORw0KGgo="},
		"jpeg":       {data: "\xff\xd8\xff\xe0", image: "data:image/jpeg;base64,/9j/4A=="},
		"gif":        {data: "GIF89a", image: "data:image/gif;base64,R0lGODlh"},
		"webp":       {data: "RIFF\x00\x00\x00\x00WEBP", image: "data:image/webp;base64,UklGRgAAAABXRUJQ"},
		"named .png": {data: "no image", text: "no image"},
	} {
		p, err := Read(write(t, "f", c.data))
		if err != nil || p.Name != "f" || p.Text != c.text || p.Image != c.image {
			t.Errorf("%s: %.80q, %.80q, %v", name, p.Text, p.Image, err)
		}
		if p.Image != "" && p.Size() != int64(len(c.data)) {
			t.Errorf("%s: %d bytes, want %d", name, p.Size(), len(c.data))
		}
	}
}

func TestWhatIsRefusedSaysWhy(t *testing.T) {
	for why, data := range map[string]string{
		"f is empty": "",
		"f is binary: neither text nor a PNG, JPEG, GIF or WebP image (byte 3 is 0)": "ELF\x00",
		"f is larger than 1 MiB, the limit for a text":                               strings.Repeat("x", MostText+1),
		"f is larger than 10 MiB, the limit for an image": "GIF89a" +
			strings.Repeat("\x00", MostImage),
		"f is not UTF-8 text (line 2)": "one\ncaf\xe9\n",
	} {
		if _, err := Read(write(t, "f", data)); err == nil || err.Error() != why {
			t.Errorf("%v, want %q", err, why)
		}
	}
	dir := t.TempDir()
	if _, err := Read(dir); err == nil || !strings.HasSuffix(err.Error(), ": a folder, not a file") {
		t.Errorf("a folder: %v", err)
	}
	if _, err := Read(filepath.Join(dir, "gone")); err == nil || err.Error() != "gone: no such file or directory" {
		t.Errorf("a file that is not there: %v", err)
	}
	if _, err := From(Stdin, bytes.NewReader(nil)); err == nil || err.Error() != "stdin is empty" {
		t.Errorf("nothing on stdin: %v", err)
	}
}
