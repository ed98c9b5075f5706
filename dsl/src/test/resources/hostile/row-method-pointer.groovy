pipeline('p') {
    prepare {
        dataset 'a.jsonl'
        filter { row.&execute }
    }
    initialize { model 'm' }
    train { method lora() }
}
