pipeline('p') {
    include '/dev/zero'
    prepare {
        dataset 'a.jsonl'
        maxTokens 64
    }
    initialize { model 'm' }
    train { method lora() }
}
