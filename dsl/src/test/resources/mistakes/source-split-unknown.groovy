pipeline('p') {
    prepare {
        dataset 'a.jsonl', split: dev
    }
    initialize { model 'm/x' }
    train { method lora() }
}
