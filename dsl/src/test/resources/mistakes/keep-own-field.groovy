pipeline('p') {
    prepare {
        dataset 'a.jsonl'
        keep 'topic', 'messages'
    }
    initialize { model 'm/x' }
    train { method lora() }
}
