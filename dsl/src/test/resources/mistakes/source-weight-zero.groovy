pipeline('p') {
    prepare {
        dataset 'a.jsonl', weight: 0
    }
    initialize { model 'm/x' }
    train { method lora() }
}
