pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl', format: chat
        roles user: 'customer'
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
    }
}
