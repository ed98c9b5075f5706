pipeline('p') {
    prepare {
        dataset 'a.jsonl'
        keep 'topic', 'topic'
    }
    initialize { model 'm/x' }
    train { method lora() }
}
