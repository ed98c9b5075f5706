pipeline('support') {
    prepare { dataset 'data/rows.jsonl' }
    initialize { model 'models/base' }
    train { method lora() }
    evaluate {
        metric judge(model('models/judge'), rubric: 'data/rubric.txt', tokens: 9)
        compare retrieval
    }
}
