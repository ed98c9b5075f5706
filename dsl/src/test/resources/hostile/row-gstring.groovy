pipeline('p') {
    prepare {
        dataset 'a.jsonl'
        map answer: { "${new File('CANARY').createNewFile()}" }
    }
    initialize { model 'm' }
    train { method lora() }
}
