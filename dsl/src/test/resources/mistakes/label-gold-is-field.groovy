pipeline('hello') {
    prepare {
        dataset 'data/hello.jsonl'
        label('topic', gold: 'topic') {
            vote('a') { row.prompt.contains('x') }
            vote('b') { row.prompt.contains('y') }
        }
    }
    initialize { model 'models/tiny' }
    train { method lora() }
    deploy { target directory('models/hello') }
}
