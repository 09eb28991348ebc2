"""What operators work with: files checked, rehearsed, explored, translated, drawn, imported, compared and published."""
