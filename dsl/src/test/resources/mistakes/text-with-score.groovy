pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl', format: text
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
    }
    evaluate {
        score('short', above: 0.5) { row.answer.length() < 200 }
    }
}
