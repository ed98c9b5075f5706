pipeline('p') {
    prepare {
        dataset 'a.jsonl', weight: 2
        dataset 'a.jsonl'
    }
    initialize { model 'm/x' }
    train { method lora() }
}
