pipeline('support') {
    notify webhook('http://chat.example.com/x'), on: failed
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize { model 'models/base' }
    train { method lora() }
}
