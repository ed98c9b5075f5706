pipeline('p') {
    prepare {
        dataset 'a.jsonl'
        filter { row.@answer == 1 }
    }
    initialize { model 'm' }
    train { method lora() }
}
