"""The directory of those who help, as files of other systems know it: Open Referral HSDS 3, and a plain spreadsheet."""
