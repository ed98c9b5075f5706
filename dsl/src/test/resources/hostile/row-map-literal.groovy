pipeline('p') {
    prepare {
        dataset 'a.jsonl'
        map answer: { [a: row] }
    }
    initialize { model 'm' }
    train { method lora() }
}
