pipeline('p') {
    prepare {
        dataset 'a.jsonl'
        filter { row.n++ > 1 }
    }
    initialize { model 'm' }
    train { method lora() }
}
