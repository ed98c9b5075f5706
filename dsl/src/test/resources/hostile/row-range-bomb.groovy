pipeline('p') {
    prepare {
        dataset 'a.jsonl'
        filter { row.n in 0..2000000000 }
    }
    initialize { model 'm' }
    train { method lora() }
}
