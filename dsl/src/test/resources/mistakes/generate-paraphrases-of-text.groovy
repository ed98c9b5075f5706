pipeline('support') {
    prepare {
        dataset 'data/book.jsonl', format: text
        generate paraphrases { by model('models/teacher'); budget tokens: 1.million }
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
    }
}
