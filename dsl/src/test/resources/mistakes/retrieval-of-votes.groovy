pipeline('support') {
    prepare { dataset 'data/rows.jsonl' }
    initialize { model 'models/base' }
    train { method lora() }
    evaluate {
        metric humanWinRate(votes: 'votes.jsonl', against: baseline)
        compare retrieval
    }
}
