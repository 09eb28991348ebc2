"""Who a person is: registering, screening, duplicates, corrections, phones that change hands, deaths."""
