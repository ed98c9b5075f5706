pipeline('p') {
    prepare {
        dataset 'a.jsonl'
        map answer: { 'CANARY' as File }
    }
    initialize { model 'm' }
    train { method lora() }
}
