pipeline('support') {
    notify webhook('https://chat.example.com/x'), on: finishd
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize { model 'models/base' }
    train { method lora() }
}
