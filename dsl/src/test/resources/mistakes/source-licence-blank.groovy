pipeline('p') {
    prepare {
        dataset 'a.jsonl', licence: ' '
    }
    initialize { model 'm/x' }
    train { method lora() }
}
