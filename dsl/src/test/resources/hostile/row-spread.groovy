pipeline('p') {
    prepare {
        dataset 'a.jsonl'
        filter { row.messages*.content == [] }
    }
    initialize { model 'm' }
    train { method lora() }
}
