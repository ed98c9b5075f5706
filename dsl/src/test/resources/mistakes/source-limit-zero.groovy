pipeline('p') {
    prepare {
        dataset 'a.jsonl', limit: 0
    }
    initialize { model 'm/x' }
    train { method lora() }
}
