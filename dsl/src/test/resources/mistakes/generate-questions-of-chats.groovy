pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl', format: chat
        generate questions { by model('models/teacher'); budget tokens: 1.million }
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
    }
}
