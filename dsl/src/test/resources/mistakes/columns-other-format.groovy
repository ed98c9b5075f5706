pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl', format: completion
        columns messages: 'turns'
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
    }
}
