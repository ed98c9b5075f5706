pipeline('support') {
    notify webhook('https://me:pw@chat.example.com/x'), on: failed
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize { model 'models/base' }
    train { method lora() }
}
