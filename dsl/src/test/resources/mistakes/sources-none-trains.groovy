pipeline('p') {
    prepare {
        dataset 'a.jsonl', split: test
    }
    initialize { model 'm/x' }
    train { method lora() }
}
