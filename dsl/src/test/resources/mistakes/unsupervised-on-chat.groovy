pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl', format: chat
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
        objective unsupervised()
    }
}
