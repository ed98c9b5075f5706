pipeline('p') {
    prepare {
        dataset 'a.jsonl'
        filter { new File('CANARY').createNewFile() }
    }
    initialize { model 'm' }
    train { method lora() }
}
