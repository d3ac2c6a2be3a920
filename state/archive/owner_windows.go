package archive

import (
	"fmt"
	"os"
)

// refuseForeign refuses a data folder that is a link. A profile's folders are private by their inherited rights.
func refuseForeign(dir string) error {
	info, err := os.Lstat(dir)
	if err != nil {
		return fmt.Errorf("looking at the data folder: %w", err)
	}
	if !info.IsDir() {
		return fmt.Errorf("the data folder %s is a link, not a folder: use --data-dir with the folder itself", dir)
	}
	return nil
}
