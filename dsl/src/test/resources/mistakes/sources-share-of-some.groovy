pipeline('p') {
    prepare {
        dataset 'a.jsonl', share: 30.percent
        dataset 'b.jsonl'
    }
    initialize { model 'm/x' }
    train { method lora() }
}
