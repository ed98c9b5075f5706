pipeline('p') {
    prepare {
        dataset 'a.jsonl'
        filter { Runtime.getRuntime().exec('touch CANARY') }
    }
    initialize { model 'm' }
    train { method lora() }
}
