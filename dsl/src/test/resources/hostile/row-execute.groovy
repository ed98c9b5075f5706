pipeline('p') {
    prepare {
        dataset 'a.jsonl'
        filter { 'touch CANARY'.execute() }
    }
    initialize { model 'm' }
    train { method lora() }
}
