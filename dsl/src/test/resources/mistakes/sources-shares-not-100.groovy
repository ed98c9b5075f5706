pipeline('p') {
    prepare {
        dataset 'a.jsonl', share: 30.percent
        dataset 'b.jsonl', share: 60.percent
    }
    initialize { model 'm/x' }
    train { method lora() }
}
