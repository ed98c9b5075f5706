pipeline('p') {
    prepare {
        dataset 'a.jsonl', share: 100.percent, weight: 2.0
    }
    initialize { model 'm/x' }
    train { method lora() }
}
