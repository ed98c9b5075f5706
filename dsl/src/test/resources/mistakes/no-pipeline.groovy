def rank = 8
