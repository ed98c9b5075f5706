curl -sf --retry 60 --retry-all-errors --retry-delay 1 http://127.0.0.1:8080/v1/chat/completions \
    -H 'Content-Type: application/json' -o answer.json -d '{"model": "support", "temperature": 0, "max_tokens": 48,
    "messages": [{"role": "user", "content": "Route the ticket: The parcel with my camera is lost."}]}'
id=$(grep -oE '"id" ?: ?"[^"]+"' answer.json | head -n 1 | cut -d '"' -f 4)
curl -sf http://127.0.0.1:8080/v1/feedback -H 'Content-Type: application/json' -d '{"id": "'"$id"'", "rating": "down",
    "correction": "{\"team\":\"delivery\",\"product\":\"camera\",\"priority\":\"high\"}"}'
