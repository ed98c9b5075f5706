pipeline('p') {
    prepare {
        dataset 'a.jsonl'
        map answer: { delegate.class }
    }
    initialize { model 'm' }
    train { method lora() }
}
