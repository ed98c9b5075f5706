pipeline('hello') {
    prepare { dataset 'data/hello.jsonl'; keep 'topic' }
    initialize { model 'models/tiny' }
    train { method lora() }
    evaluate {
        metric loss
        slices by: 'topic', maxGap: 5.percent, on: 'exactMatch'
    }
}
