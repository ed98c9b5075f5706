pipeline('p') {
    prepare {
        dataset 'a.jsonl'
        filter { row."${'exec' + 'ute'}"() }
    }
    initialize { model 'm' }
    train { method lora() }
}
