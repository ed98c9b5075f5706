pipeline('p') {
    prepare {
        dataset 'a.jsonl'
        filter { while (true) { } }
    }
    initialize { model 'm' }
    train { method lora() }
}
