"""What people read and type: alphabets, parts, screens, digits of every script, phone numbers. Pure."""
