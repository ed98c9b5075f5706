pipeline('p') {
    include "${'a'}.groovy"
    prepare {
        dataset 'a.jsonl'
        maxTokens 64
    }
    initialize { model 'm' }
    train { method lora() }
}
