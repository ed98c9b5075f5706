pipeline('p') {
    include 'https://example.com/x.groovy'
    prepare {
        dataset 'a.jsonl'
        maxTokens 64
    }
    initialize { model 'm' }
    train { method lora() }
}
